using Appliance.Core.Errors;

namespace Appliance.Hosting.Startup;

/// <summary>The directory that holds everything. Only its owner may look inside.</summary>
public static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <exception cref="ApplianceException">PermissionDenied or InvalidArgument, with what to do.</exception>
    public static void Ensure(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(
                ErrorKind.PermissionDenied,
                $"Data directory '{path}' cannot be created by user '{Environment.UserName}': choose another with --data DIR, or create it as root and give it to this user.",
                cause);
        }
        catch (IOException cause)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Data directory '{path}' cannot be used: {cause.Message} Choose another with --data DIR.", cause);
        }
    }
}
