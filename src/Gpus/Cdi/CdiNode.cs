using System.Globalization;
using System.Text.Json;

namespace Appliance.Gpus.Cdi;

/// <summary>A value of a CDI specification, whether it was written as JSON or as YAML: a text, a list or named members.</summary>
internal sealed class CdiNode
{
    public static readonly CdiNode Nothing = new();

    public string Text { get; init; } = "";

    public List<CdiNode> Items { get; } = [];

    public Dictionary<string, CdiNode> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing where there is no such member.</summary>
    public CdiNode this[string name] => Members.GetValueOrDefault(name, Nothing);

    public List<string> Texts => [.. Items.Select(item => item.Text)];

    /// <exception cref="FormatException">It is no number.</exception>
    public long? Number => Text.Length == 0 ? null : long.Parse(Text, CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">There are other members: what they mean is not known here, and must not be left out.</exception>
    public void Allow(params string[] names)
    {
        foreach (string name in Members.Keys)
        {
            if (!Array.Exists(names, each => each == name))
            {
                throw new FormatException($"'{name}' is not understood");
            }
        }
    }

    /// <exception cref="FormatException">It is neither JSON nor YAML as the makers' tools write it.</exception>
    public static CdiNode Parse(string text)
    {
        if (!text.TrimStart().StartsWith('{'))
        {
            return new CdiYaml(text).Read();
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Of(document.RootElement);
        }
        catch (JsonException cause)
        {
            throw new FormatException(cause.Message, cause);
        }
    }

    private static CdiNode Of(JsonElement element)
    {
        var node = new CdiNode
        {
            Text = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
                _ => "",
            },
        };
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                node.Members[member.Name] = Of(member.Value);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                node.Items.Add(Of(item));
            }
        }

        return node;
    }
}
