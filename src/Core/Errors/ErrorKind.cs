namespace Appliance.Core.Errors;

/// <summary>
/// Who has to act on a failure, and how. A closed list: gateways translate each member to their protocol's own
/// code in one place, so that a user's mistake never looks like a fault of the server (clients retry those).
/// </summary>
public enum ErrorKind
{
    /// <summary>The request can never succeed as it is; the caller must change it.</summary>
    InvalidArgument,

    /// <summary>The named object does not exist, or the caller may not know that it does.</summary>
    NotFound,

    /// <summary>The name or id is taken and the caller asked for a new one.</summary>
    AlreadyExists,

    /// <summary>No valid credentials came with the request.</summary>
    Unauthenticated,

    /// <summary>The credentials are valid and do not allow this.</summary>
    PermissionDenied,

    /// <summary>The object exists and its present state does not allow this.</summary>
    FailedPrecondition,

    /// <summary>A limit is reached: disk, quota, queue length. May succeed once space is given back.</summary>
    ResourceExhausted,

    /// <summary>A message or body is larger than its limit.</summary>
    TooLarge,

    /// <summary>The server cannot do it now (starting, draining, locked); the same request may succeed later.</summary>
    Unavailable,

    /// <summary>The time the caller allowed has passed.</summary>
    DeadlineExceeded,

    /// <summary>Stored bytes are missing or damaged.</summary>
    DataLoss,

    /// <summary>The operation is part of the protocol and this server does not offer it.</summary>
    Unimplemented,

    /// <summary>A fault of the server itself.</summary>
    Internal,
}
