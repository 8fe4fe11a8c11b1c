using System.CommandLine;
using Appliance.Cli.Output;
using Appliance.Core.Ids;

namespace Appliance.Cli.Tokens;

/// <summary><c>appliance token revoke</c>: no request with it is accepted from now on.</summary>
public static class TokenRevokeVerb
{
    public static Command Create()
    {
        var id = new Argument<string>("TOKEN") { Description = "The token's id, as 'token list' shows it." };
        var command = new Command("revoke", "Revoke a token. It cannot be undone.") { id };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            TokenId token = ObjectId.Read<TokenId>(parsed.GetValue(id));
            await using TokenDeskAccess access = await TokenDeskAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), cancellation);
            await access.Desk.RevokeAsync(token, cancellation);
            terminal.WriteResult(new RevokedToken(token.Text), OutputJson.Default.RevokedToken, text => text.WriteLine($"Revoked {token}."));
            return ExitStatus.Done;
        });
        return command;
    }
}

/// <summary>What <c>token revoke --json</c> prints.</summary>
public sealed record RevokedToken(string TokenId);
