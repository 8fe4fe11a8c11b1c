using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;

namespace Appliance.Containers.Runtime;

/// <summary>
/// What exists only while containers run: bundles, sockets, mounts. It lies in memory, so that a machine that boots
/// begins without it; paths are short because a socket's may have 107 bytes.
/// </summary>
public sealed class RunDirectory
{
    public const string DefaultParent = "/run/appliance";

    private const int NameLength = 12;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private RunDirectory(string path, string instance)
    {
        Root = path;
        Instance = instance;
    }

    /// <summary>Tells several appliances on one machine apart; made from the data directory's path.</summary>
    public string Instance { get; }

    public string Root { get; }

    public string EventSocket => Path.Combine(Root, "events.sock");

    public string Bundles => Path.Combine(Root, "bundles");

    public string RuntimeState => Path.Combine(Root, "runtime");

    /// <summary>The one of a data directory; it need not exist yet.</summary>
    public static RunDirectory Of(string dataDirectory, string parent = DefaultParent)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataDirectory)));
        string instance = Convert.ToHexStringLower(digest)[..NameLength];
        return new RunDirectory(Path.Combine(parent, instance), instance);
    }

    /// <exception cref="ApplianceException">FailedPrecondition: this user may not.</exception>
    public void Ensure()
    {
        try
        {
            Directory.CreateDirectory(Root, OwnerOnly);
            Directory.CreateDirectory(Bundles, OwnerOnly);
            Directory.CreateDirectory(RuntimeState, OwnerOnly);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Containers need root: '{Root}' cannot be made. Run the appliance as root, as 'appliance install' sets it up.", cause);
        }
    }

    /// <summary>Bundles of containers and waiting shims, of this process or an earlier one.</summary>
    public IReadOnlyList<string> ListBundles() => Directory.Exists(Bundles) ? Directory.GetDirectories(Bundles) : [];
}
