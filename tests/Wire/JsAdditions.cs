using System.Globalization;
using Google.Protobuf.Reflection;

namespace Appliance.Tests.Wire;

/// <summary>
/// Rows of the table of what the JS SDK adds. It has a format of its own: camelCase names, <c>[]</c> after repeated ones,
/// <c>Outer_Inner</c> for nested messages, and types as encoded, so that an enum is an int32.
/// </summary>
internal sealed class JsAdditions(IEnumerable<FileDescriptor> files)
{
    private static readonly string[] Packages = ["modal.client.", "modal.task_command_router."];

    private readonly Dictionary<string, MessageDescriptor> messages =
        files.SelectMany(file => file.MessageTypes).SelectMany(WithNested).ToDictionary(message => message.FullName);

    /// <summary>What is wrong with our descriptors according to this row, or null.</summary>
    public string? Contradiction(string line)
    {
        var row = line.Split('\t');
        if (Find(row[1]) is not { } message)
        {
            return $"missing: message {row[1]}";
        }

        return row[0] switch
        {
            "message" => null,
            "field" => Contradiction(message, row),
            _ => $"unknown kind of row: {line}",
        };
    }

    private static string? Contradiction(MessageDescriptor message, string[] row)
    {
        var repeated = row[3].EndsWith("[]", StringComparison.Ordinal);
        var name = SnakeCase(repeated ? row[3][..^2] : row[3]);
        var field = message.FindFieldByNumber(int.Parse(row[2], CultureInfo.InvariantCulture));
        return field is not null && field.Name == name && field.IsRepeated == repeated && HasType(field, row[4])
            ? null
            : $"differs: {string.Join(' ', row)}";
    }

    private static bool HasType(FieldDescriptor field, string type) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName == type
            || Packages.Any(package => field.MessageType.FullName == package + type.Replace('_', '.')),
        FieldType.Enum => type == "int32",
        var scalar => scalar.ToString().ToLowerInvariant() == type,
    };

    private static string SnakeCase(string camelCase) =>
        string.Concat(camelCase.Select(c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : c.ToString()));

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.NestedTypes.SelectMany(WithNested).Prepend(message);

    private MessageDescriptor? Find(string name) => Packages
        .Select(package => messages.GetValueOrDefault(package + name.Replace('_', '.')))
        .FirstOrDefault(message => message is not null);
}
