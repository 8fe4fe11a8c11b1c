using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity.Tokens;
using Appliance.Native.Files;

namespace Appliance.Hosting.Startup;

/// <summary>
/// The token that the first start makes, and the file that keeps it for the owner: lines for a shell, which are also
/// exactly what a Modal client needs.
/// </summary>
public sealed class FirstToken
{
    public const string FileName = "token.env";

    private const string UrlVariable = "MODAL_SERVER_URL";
    private const string IdVariable = "MODAL_TOKEN_ID";
    private const string SecretVariable = "MODAL_TOKEN_SECRET";
    private const string TokenName = "first";

    private FirstToken(string id, string secret, bool isNew)
    {
        Id = id;
        Secret = secret;
        IsNew = isNew;
    }

    public string Id { get; }

    public string Secret { get; }

    /// <summary>Made by this start, so nobody has seen it yet.</summary>
    public bool IsNew { get; }

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>Makes the token if there has never been any; otherwise finds it, unless its file was removed.</summary>
    public static async Task<FirstToken?> EnsureAsync(TokenAuthority tokens, string dataDirectory, CancellationToken cancellation)
    {
        string path = PathIn(dataDirectory);
        if (tokens.List().Count > 0)
        {
            return Find(path);
        }

        // The file comes first: a crash in between leaves a file whose token does not exist, and the next start, which
        // finds no token, replaces it. The other way round the secret would be lost.
        var made = new FirstToken(ObjectId.Mint<TokenId>().Text, TokenSecret.Mint(), isNew: true);
        Write(path, made.LinesFor("http://127.0.0.1:7700"));
        await tokens.AddAsync(ObjectId.Read<TokenId>(made.Id), made.Secret, TokenName, null, cancellation);
        return made;
    }

    /// <summary>What to type, or to put into a profile, before starting a Modal client.</summary>
    public IReadOnlyList<string> LinesFor(string serverUrl) =>
    [
        $"export {UrlVariable}={serverUrl}",
        $"export {IdVariable}={Id}",
        $"export {SecretVariable}={Secret}",
    ];

    /// <summary>Writes the file anew if the server's address has changed.</summary>
    public void Update(string dataDirectory, string serverUrl)
    {
        string path = PathIn(dataDirectory);
        IReadOnlyList<string> lines = LinesFor(serverUrl);
        if (!File.ReadAllLines(path).SequenceEqual(lines))
        {
            Write(path, lines);
        }
    }

    private static FirstToken? Find(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        Dictionary<string, string> values = File.ReadAllLines(path)
            .Where(line => line.StartsWith("export ", StringComparison.Ordinal) && line.Contains('='))
            .ToDictionary(line => line[7..line.IndexOf('=')], line => line[(line.IndexOf('=') + 1)..]);
        return values.TryGetValue(IdVariable, out string? id) && values.TryGetValue(SecretVariable, out string? secret)
            ? new FirstToken(id, secret, isNew: false)
            : null;
    }

    private static void Write(string path, IReadOnlyList<string> lines)
    {
        try
        {
            PrivateFile.Write(path, string.Concat(lines.Select(line => line + "\n")));
        }
        catch (IOException cause)
        {
            throw new ApplianceException(ErrorKind.ResourceExhausted, $"'{path}' cannot be written: {cause.Message}", cause);
        }
    }
}
