using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Links;
using Appliance.Identity.ProxyTokens;
using Appliance.Identity.Tokens;
using Appliance.Metadata.Functions;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Who may call web functions that ask for a token: holders of a proxy token or of a token of the appliance, and whoever
/// was given a pass for its name (contracts/modal.md §5).
/// </summary>
public sealed class WebAccess(TokenAuthority tokens, ProxyTokenAuthority proxyTokens, LinkSigner links)
{
    public const string KeyHeader = "Modal-Key";
    public const string SecretHeader = "Modal-Secret";

    public const string PassHeader = "Modal-Authorization";
    private const string PassPurpose = "web-function";
    private const string Bearer = "Bearer ";

    private static readonly TimeSpan PassLifetime = TimeSpan.FromMinutes(20);

    /// <summary>Opens one function's name to whoever may call the appliance, without showing that function the token itself.</summary>
    public string IssuePass(Caller caller, WebName name) =>
        links.Sign(PassPurpose, Encoding.UTF8.GetBytes($"{caller.TokenId.Text} {name.Name}"), PassLifetime);

    public bool IsAllowed(HttpRequest request, WebHost host)
    {
        if (request.Headers[PassHeader].ToString() is { Length: > 0 } pass)
        {
            return pass.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && IsPass(pass[Bearer.Length..].Trim(), host.Name);
        }

        string key = request.Headers[KeyHeader].ToString();
        string secret = request.Headers[SecretHeader].ToString();
        string authorization = request.Headers.Authorization.ToString();
        if (key.Length == 0 && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization.Split('.', 2) is [{ } first, { } rest])
        {
            (key, secret) = (first[Bearer.Length..].Trim(), rest);
        }

        return key.Length > 0 && (proxyTokens.Verify(key, secret, host.Environment) || tokens.Verify(key, secret) is not null);
    }

    private bool IsPass(string text, WebName name)
    {
        try
        {
            return Encoding.UTF8.GetString(links.Open(PassPurpose, text)).Split(' ') is [{ } token, { } opened]
                && opened == name.Name
                && tokens.FindCaller(TokenId.FromText(token)) is not null;
        }
        catch (ApplianceException)
        {
            return false;
        }
    }
}
