using Appliance.Engine.Files;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>Failures of file operations as numbers that the client makes its language's own exceptions of.</summary>
internal static class FileErrors
{
    public static SystemErrorMessage Of(FileToolException failure) => new() { ErrorCode = CodeOf(failure.Kind), ErrorMessage = failure.Message };

    private static SystemErrorCode CodeOf(string kind) => kind switch
    {
        FileToolException.NotFound => SystemErrorCode.Noent,
        FileToolException.Exists or "AlreadyExists" => SystemErrorCode.Exist,
        "IsDirectory" => SystemErrorCode.Isdir,
        "NotDirectory" or "IsFile" => SystemErrorCode.Notdir,
        "PermissionDenied" => SystemErrorCode.Acces,
        "FileTooLarge" => SystemErrorCode.Fbig,
        "Invalid" or "NotSupported" or FileToolException.BadHandle => SystemErrorCode.Inval,
        "Io" => SystemErrorCode.Io,
        _ => SystemErrorCode.Unspecified,
    };
}
