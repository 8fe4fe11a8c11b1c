using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Ids;

namespace Appliance.Identity.Tokens;

/// <summary>The half of a token that only its owner knows. It is shown once and stored nowhere but as a hash.</summary>
public static class TokenSecret
{
    private const string Prefix = "as";

    public static string Mint() => ObjectIdText.MintSecret(Prefix);

    /// <summary>Plain SHA-256 will do: the secret has 130 random bits, so there is nothing to guess.</summary>
    public static Digest Hash(string secret) => Digest.Of(Encoding.UTF8.GetBytes(secret));
}
