using Appliance.Core.Digests;

namespace Appliance.Contents.Assembly;

/// <summary>The assemblies that this run has touched, one for each content, however many upload it.</summary>
internal sealed class AssemblyTable(ContentLayout layout)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Digest, ContentAssembly> assemblies = [];

    /// <summary>The assembly of the content, which is begun or taken up again.</summary>
    public ContentAssembly Open(Digest id, long sizeBytes)
    {
        lock (gate)
        {
            if (!assemblies.TryGetValue(id, out ContentAssembly? assembly) || !File.Exists(assembly.Path))
            {
                assembly = new ContentAssembly(layout.Part(id), sizeBytes);
                assemblies[id] = assembly;
            }

            return assembly;
        }
    }

    /// <summary>Whether something of the content has arrived, in this run or before.</summary>
    public bool IsBegun(Digest id) => File.Exists(layout.Part(id));

    /// <summary>Gives up the place of the content's parts; they were moved or are not wanted any more.</summary>
    public void Forget(Digest id)
    {
        lock (gate)
        {
            assemblies.Remove(id);
        }
    }

    /// <summary>Removes the parts of the content, and gives their space back.</summary>
    public void Abandon(Digest id)
    {
        lock (gate)
        {
            assemblies.Remove(id);
            File.Delete(layout.Part(id));
        }
    }
}
