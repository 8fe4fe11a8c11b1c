using System.CommandLine;

namespace Appliance.Cli.Tokens;

/// <summary><c>appliance token …</c>: credentials of clients.</summary>
public static class TokenVerb
{
    public static Command Create() => new("token", "Create, list and revoke tokens; approve clients that ask for one.")
    {
        TokenCreateVerb.Create(), TokenListVerb.Create(), TokenRevokeVerb.Create(), TokenApproveVerb.Create(),
    };
}
