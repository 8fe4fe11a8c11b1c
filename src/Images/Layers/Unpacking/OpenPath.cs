using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>
/// The directories from a root to where the last entry was put, kept open: entries of an archive mostly follow each other
/// within one directory.
/// </summary>
internal sealed class OpenPath(DirectoryHandle root) : IDisposable
{
    private readonly List<(NodeName Name, DirectoryHandle Handle)> steps = [];

    public delegate DirectoryHandle? Enter(DirectoryHandle parent, IReadOnlyList<NodeName> path, int index);

    /// <summary>The directory of these names; null when <paramref name="enter"/> answers null for one of them.</summary>
    public DirectoryHandle? Go(NodeName[] path, int length, Enter enter)
    {
        int shared = 0;
        while (shared < length && shared < steps.Count && steps[shared].Name == path[shared])
        {
            shared++;
        }

        Leave(shared);
        for (int index = shared; index < length; index++)
        {
            if (enter(index == 0 ? root : steps[index - 1].Handle, path, index) is not { } child)
            {
                return null;
            }

            steps.Add((path[index], child));
        }

        return length == 0 ? root : steps[length - 1].Handle;
    }

    /// <summary>Forgets what lies below a path, because something else is to take its place.</summary>
    public void Forget(NodeName[] path)
    {
        bool isAbove = path.Length <= steps.Count && path.Zip(steps, (name, step) => name == step.Name).All(equal => equal);
        if (isAbove)
        {
            Leave(path.Length - 1);
        }
    }

    public void Dispose() => Leave(0);

    private void Leave(int length)
    {
        for (int index = steps.Count - 1; index >= length; index--)
        {
            steps[index].Handle.Dispose();
            steps.RemoveAt(index);
        }
    }
}
