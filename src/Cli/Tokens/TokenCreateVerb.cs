using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Cli.Output;

namespace Appliance.Cli.Tokens;

/// <summary><c>appliance token create</c>: a new token, whose secret is shown this once.</summary>
public static class TokenCreateVerb
{
    public static Command Create()
    {
        var name = new Option<string>("--name")
        {
            Description = "For whom or what it is. [default: cli]", HelpName = "NAME", DefaultValueFactory = _ => "cli",
        };
        var expires = new Option<string?>("--expires") { Description = "Lifetime, such as 12h, 30d or 1y. [default: none]", HelpName = "SPAN" };
        var command = new Command("create", "Create a token. Its secret is shown once and stored nowhere.") { name, expires };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            double? seconds = parsed.GetValue(expires) is { } text ? LifetimeText.Read(text).TotalSeconds : null;
            await using TokenDeskAccess access = await TokenDeskAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), cancellation);
            NewToken token = await access.Desk.CreateAsync(new TokenRequest(parsed.GetValue(name)!, seconds), cancellation);
            terminal.WriteResult(token, AdminJson.Default.NewToken, Write);
            return ExitStatus.Done;

            void Write(Terminal text)
            {
                if (access.ServerUrl is { } url)
                {
                    text.WriteLine($"export MODAL_SERVER_URL={url}");
                }

                text.WriteLine($"export MODAL_TOKEN_ID={token.TokenId}");
                text.WriteLine($"export MODAL_TOKEN_SECRET={token.TokenSecret}");
            }
        });
        return command;
    }
}
