using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Cli.Output;

namespace Appliance.Cli.Tokens;

/// <summary><c>appliance token list</c>: all tokens, without their secrets.</summary>
public static class TokenListVerb
{
    public static Command Create()
    {
        var command = new Command("list", "List tokens, revoked and expired ones too.");
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using TokenDeskAccess access = await TokenDeskAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), cancellation);
            IReadOnlyList<TokenSummary> tokens = await access.Desk.ListAsync(cancellation);
            terminal.WriteResult(tokens, AdminJson.Default.IReadOnlyListTokenSummary, text => Write(text, tokens));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, IReadOnlyList<TokenSummary> tokens)
    {
        var table = new TextTable("TOKEN", "NAME", "STATE", "CREATED", "EXPIRES");
        foreach (TokenSummary token in tokens)
        {
            table.AddRow(
                token.TokenId,
                token.Name,
                token.State,
                $"{token.CreatedAt.LocalDateTime:yyyy-MM-dd HH:mm}",
                token.ExpiresAt is { } expiry ? $"{expiry.LocalDateTime:yyyy-MM-dd HH:mm}" : "never");
        }

        table.WriteTo(terminal);
    }
}
