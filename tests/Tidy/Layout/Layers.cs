namespace Appliance.Tests.Tidy.Layout;

/// <summary>The capabilities of <c>src</c> and what each may refer to.</summary>
public static class Layers
{
    public const string Gateways = "Gateways";

    /// <summary>From the ground up; a layer sees those of earlier lines and itself.</summary>
    private static readonly string[][] Ranks =
    [
        ["Core"],
        ["Native"],
        ["Metadata"],
        ["Identity"],
        ["Objects"],
        ["Blocks"],
        ["Contents"],
        ["Blobs", "Dicts", "Queues", "Secrets"],
        ["Mounts", "Volumes", "Images", "Gpus", "Packages"],
        ["Containers"],
        ["Scheduling"],
        ["Engine"],
        [Gateways],
        ["Admin"],
        ["Hosting"],
        ["Cli"],
    ];

    /// <summary>Gateways do not see each other. Any other folder beside them is shared: they see it, it sees none of them.</summary>
    private static readonly string[] GatewayNames = ["Modal", "CommandRouter", "Fn", "Jina", "Kubeflow", "Web"];

    /// <summary>Folder of the gRPC layer, whose namespaces are Grpc.Core's own.</summary>
    public const string Grpc = "Grpc";

    public static readonly IReadOnlyList<string> GrpcReaders = [Grpc, Gateways, "Admin", "Hosting"];

    public static bool IsLayer(string name) => RankOf(name) >= 0;

    public static bool MaySee(string reader, string target)
    {
        if (reader == Grpc)
        {
            return target == "Core";
        }

        return reader == target || RankOf(target) < RankOf(reader);
    }

    public static bool GatewayMaySee(string reader, string target) => reader == target || !GatewayNames.Contains(target);

    private static int RankOf(string layer) => Array.FindIndex(Ranks, rank => rank.Contains(layer));
}
