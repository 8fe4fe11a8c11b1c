using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;

namespace Appliance.Secrets;

/// <summary>What a secret may hold, and how it is written down before it is encrypted.</summary>
internal static class SecretValues
{
    // The kernel's own limit for one variable of a new process, its name and ending included.
    private const int VariableBytesMax = 128 * 1024;

    private const int VariablesMax = 10_000;

    /// <exception cref="ApplianceException">InvalidArgument: a key or value that cannot become an environment variable.</exception>
    public static void Check(IEnumerable<KeyValuePair<string, string>> values)
    {
        int count = 0;
        foreach ((string key, string value) in values)
        {
            CheckKey(key);
            if (value.Contains('\0'))
            {
                throw Refused($"The value of secret key '{key}' holds a NUL character, which no environment variable can.");
            }

            if (Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 2 > VariableBytesMax)
            {
                throw Refused($"The value of secret key '{key}' is longer than {VariableBytesMax / 1024} KiB, the limit of an environment variable.");
            }

            count++;
        }

        if (count > VariablesMax)
        {
            throw Refused($"A secret holds at most {VariablesMax} keys, not {count}.");
        }
    }

    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static void CheckKey(string key)
    {
        bool isValid = key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
        if (!isValid)
        {
            string shown = key.Length > 100 ? key[..100] + "…" : key;
            throw Refused(
                $"Secret key '{shown}' is invalid for environment variables: use letters, digits and underscores, and do not begin with a digit.");
        }
    }

    /// <summary>The caller overwrites the bytes with zeros once they are encrypted.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, string> values)
    {
        using var bytes = new MemoryStream(values.Sum(pair => (pair.Key.Length + pair.Value.Length + 10) * 3));
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(values.Count);
        foreach ((string key, string value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(key);
            writer.Write(value);
        }

        byte[] result = bytes.ToArray();
        CryptographicOperations.ZeroMemory(bytes.GetBuffer());
        return result;
    }

    public static Dictionary<string, string> Read(byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        int count = reader.Read7BitEncodedInt();
        var values = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            values.Add(reader.ReadString(), reader.ReadString());
        }

        return values;
    }

    private static ApplianceException Refused(string message) => new(ErrorKind.InvalidArgument, message);
}
