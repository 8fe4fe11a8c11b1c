namespace Appliance.Engine.Files;

/// <summary>An operation on a container's files failed for a reason that its user has to know.</summary>
/// <param name="kind">As the file tools name it: "NotFound", "IsDirectory", …; or "BadHandle".</param>
/// <param name="message">For people.</param>
public sealed class FileToolException(string kind, string message) : Exception(message)
{
    public const string BadHandle = "BadHandle";
    public const string NotFound = "NotFound";
    public const string Exists = "PathAlreadyExists";

    public string Kind => kind;
}
