using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Native.Directories;

namespace Appliance.Containers.Runtime;

/// <summary>Makes symbolic links in a container's root before it starts, without following what the image holds.</summary>
internal static class RootLinks
{
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;
    private const int NotEmpty = 39;
    private const int ForEveryone = 0x1ED;

    /// <exception cref="ApplianceException">InvalidArgument: something of the image is in the way.</exception>
    public static void Create(string root, ContainerLink link)
    {
        string[] names = link.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Any(name => name is "." or ".."))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Nothing can be mounted at '{link.Path}': name an absolute path below the root.");
        }

        DirectoryHandle directory = DirectoryHandle.Open(root);
        try
        {
            foreach (string name in names[..^1])
            {
                DirectoryHandle next = Enter(directory, NodeName.Of(name), link);
                directory.Dispose();
                directory = next;
            }

            Place(directory, NodeName.Of(names[^1]), link);
        }
        finally
        {
            directory.Dispose();
        }
    }

    private static DirectoryHandle Enter(DirectoryHandle directory, NodeName name, ContainerLink link)
    {
        try
        {
            if (directory.TryOpen(name) is { } present)
            {
                return present;
            }

            directory.CreateDirectory(name);
            directory.SetMode(name, ForEveryone);
            return directory.TryOpen(name)!;
        }
        catch (IOException failure) when (failure.HResult is NotADirectory or TooManyLinks)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Nothing can be mounted at '{link.Path}': '{name}' is a file or a link in the image.", failure);
        }
    }

    private static void Place(DirectoryHandle directory, NodeName name, ContainerLink link)
    {
        try
        {
            if (directory.Find(name) is not null)
            {
                directory.RemoveDirectory(name);
            }
        }
        catch (IOException failure) when (failure.HResult is NotADirectory or NotEmpty)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Nothing can be mounted at '{link.Path}': the image has a file or a directory with contents there.", failure);
        }

        directory.CreateSymbolicLink(name, System.Text.Encoding.UTF8.GetBytes(link.Target));
    }
}
