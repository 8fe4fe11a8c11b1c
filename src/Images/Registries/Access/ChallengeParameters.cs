using System.Text;

namespace Appliance.Images.Registries.Access;

/// <summary>Reads what stands after the scheme of a challenge: <c>realm="https://…",service="…"</c>.</summary>
internal static class ChallengeParameters
{
    /// <summary>By their names in lower case; what is malformed is left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = 0;
        while (at < text.Length && text.IndexOf('=', at) is var sign && sign > 0)
        {
            string name = text[at..sign].Trim(' ', ',', '\t').ToLowerInvariant();
            at = sign + 1;
            values[name] = at < text.Length && text[at] == '"' ? ReadQuoted(text, ref at) : ReadPlain(text, ref at);
        }

        return values;
    }

    private static string ReadPlain(string text, ref int at)
    {
        int end = text.IndexOf(',', at);
        string value = text[at..(end < 0 ? text.Length : end)].Trim();
        at = end < 0 ? text.Length : end + 1;
        return value;
    }

    private static string ReadQuoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }
}
