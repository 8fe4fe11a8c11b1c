using Appliance.Core.Errors;

namespace Appliance.Cli;

/// <summary>What the process ends with; scripts depend on the numbers, and <c>--help</c> lists them.</summary>
public enum ExitStatus
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    NotPermitted = 4,
    Unavailable = 5,
    NoSpace = 6,
    Damaged = 7,
}

/// <summary>From a failure to the status that tells it.</summary>
public static class ExitStatuses
{
    public static ExitStatus Of(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument or ErrorKind.TooLarge => ExitStatus.Usage,
        ErrorKind.NotFound or ErrorKind.AlreadyExists => ExitStatus.NotFound,
        ErrorKind.Unauthenticated or ErrorKind.PermissionDenied => ExitStatus.NotPermitted,
        ErrorKind.Unavailable or ErrorKind.DeadlineExceeded => ExitStatus.Unavailable,
        ErrorKind.ResourceExhausted => ExitStatus.NoSpace,
        ErrorKind.DataLoss => ExitStatus.Damaged,
        _ => ExitStatus.Failed,
    };
}
