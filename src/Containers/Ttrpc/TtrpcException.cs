namespace Appliance.Containers.Ttrpc;

/// <summary>A ttrpc peer refused a call, or cannot be reached.</summary>
public sealed class TtrpcException(TtrpcCode code, string message, Exception? cause = null) : Exception(message, cause)
{
    public TtrpcCode Code { get; } = code;

    /// <summary>What the call was about has ended, or the shim has. Some calls of shims say so in the text alone.</summary>
    public bool MeansGone => Code is TtrpcCode.NotFound or TtrpcCode.Unavailable
        || Message.EndsWith("not found", StringComparison.Ordinal) || Message.Contains("already finished", StringComparison.Ordinal);
}

/// <summary>The status codes that shims answer with; the numbers are gRPC's.</summary>
public enum TtrpcCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    Unimplemented = 12,
    Internal = 13,

    /// <summary>The connection is gone: the shim has died, or was never there.</summary>
    Unavailable = 14,
}
