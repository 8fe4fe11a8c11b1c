namespace Appliance.Tests.Wire;

/// <summary>
/// One statement about a protocol as a line of text. Tables and descriptors that agree give equal lines, so that comparing
/// them is comparing sets, and a line that only one side has is the message for whoever broke the agreement.
/// </summary>
internal static class WireFact
{
    public static string Service(string service) => $"service {service}";

    public static string Method(string service, string method, string request, string response) =>
        $"rpc {service}/{method} ({request}) returns ({response})";

    public static string Binding(string service, string method, string binding) => $"http {service}/{method} {binding}";

    public static string Message(string message) => $"message {message}";

    public static string Field(string message, int number, string name, string type, FieldTraits traits) =>
        $"field {message} {number} {name} : {type}{traits}";

    public static string Reserved(string message, int number) => $"reserved {message} {number}";

    public static string Enumeration(string enumeration) => $"enum {enumeration}";

    public static string Value(string enumeration, int number, string name) => $"value {enumeration} {number} {name}";

    public static string Extension(string extension, int number, string type, string extended) =>
        $"extension {extension} {number} {type} of {extended}";
}

/// <summary>What a field is besides its type: the last columns of a table's row.</summary>
/// <param name="Label"><c>repeated</c>, <c>optional</c> (the explicit one of proto3) or empty.</param>
/// <param name="Oneof">Name of the choice that the field belongs to, or empty.</param>
internal readonly record struct FieldTraits(string Label, string Oneof, bool Deprecated)
{
    public override string ToString() =>
        (Label.Length == 0 ? "" : $", {Label}") +
        (Oneof.Length == 0 ? "" : $", oneof {Oneof}") +
        (Deprecated ? ", deprecated" : "");
}
