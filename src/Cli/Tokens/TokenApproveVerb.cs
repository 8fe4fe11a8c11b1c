using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Cli.Output;

namespace Appliance.Cli.Tokens;

/// <summary><c>appliance token approve</c>: gives a token to the client that shows this code.</summary>
public static class TokenApproveVerb
{
    public static Command Create()
    {
        var code = new Argument<string>("CODE") { Description = "The code that 'modal token new' shows." };
        var name = new Option<string>("--name")
        {
            Description = "Name of the new token. [default: modal token new]", HelpName = "NAME", DefaultValueFactory = _ => "modal token new",
        };
        var command = new Command("approve", "Give a token to the client that shows CODE ('modal token new').") { code, name };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using TokenDeskAccess access = await TokenDeskAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), cancellation);
            var approval = new FlowApproval(parsed.GetValue(code)!, parsed.GetValue(name)!);
            await access.Desk.ApproveAsync(approval, cancellation);
            terminal.WriteResult(approval, AdminJson.Default.FlowApproval, text => text.WriteLine($"Approved {approval.Code}."));
            return ExitStatus.Done;
        });
        return command;
    }
}
