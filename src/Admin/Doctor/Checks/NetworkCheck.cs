using Appliance.Admin.Programs;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>What container networks are made with.</summary>
public sealed class NetworkCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "network";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
    [
        subject.Programs.Find("ip") is { } ip
            ? Finding.Ok("iproute2", ip)
            : Finding.Warn("iproute2", "'ip' is not on PATH: containers get no network of their own", "Install it: 'apt-get install iproute2'."),
        await InspectFilterAsync(cancellation),
    ];

    private async Task<Finding> InspectFilterAsync(CancellationToken cancellation)
    {
        const string Package = "nftables";
        if (subject.Programs.Find("nft") is not { } nft)
        {
            return Finding.Warn(
                Package, "'nft' is not on PATH: containers cannot reach beyond this machine, and allow-lists do not work",
                "Install it: 'apt-get install nftables'.");
        }

        if (!subject.IsRoot)
        {
            return Finding.Ok(Package, $"{nft}, not tried without root");
        }

        ProgramAnswer? answer = await subject.Programs.AskAsync(nft, ["list", "tables"], cancellation);
        return answer is { Status: 0 }
            ? Finding.Ok(Package, $"{nft} reaches the kernel")
            : Finding.Warn(Package, $"the kernel refuses: {answer?.FirstLine ?? "no answer"}", "Load the module ('modprobe nf_tables').");
    }
}
