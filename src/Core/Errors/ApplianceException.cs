namespace Appliance.Core.Errors;

/// <summary>
/// A failure whose message is written for the person who caused or must mend it: what failed, for which id, why,
/// and what to do. Everything that may reach a user is thrown as this type; any other exception is a fault of ours
/// and its text never leaves the server's log.
/// </summary>
public sealed class ApplianceException : Exception
{
    public ApplianceException(ErrorKind kind, string message, Exception? cause = null)
        : base(message, cause)
    {
        Kind = kind;
    }

    public ErrorKind Kind { get; }
}
