using Appliance.Gateways.Calls;
using Appliance.Protos.Jina.V2;
using Google.Protobuf.Reflection;

namespace Appliance.Gateways.Jina;

/// <summary>The gateway of a Jina Flow, in the newer of the two document generations.</summary>
public static class JinaServices
{
    /// <summary>Jina's own gateway takes documents of any length, and its clients count on that.</summary>
    public static IReadOnlyList<GatewayService> Compose() => [.. Services().Select(service => service with { HasMessageLimit = false })];

    private static IReadOnlyList<GatewayService> Services() =>
    [
        GatewayService.Unbuilt<JinaRPC.JinaRPCBase, UnbuiltJinaRPC>("jina.JinaRPC", JinaRPC.BindService, File),
        GatewayService.Unbuilt<JinaDataRequestRPC.JinaDataRequestRPCBase, UnbuiltJinaDataRequestRPC>(
            "jina.JinaDataRequestRPC", JinaDataRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaSingleDataRequestRPC.JinaSingleDataRequestRPCBase, UnbuiltJinaSingleDataRequestRPC>(
            "jina.JinaSingleDataRequestRPC", JinaSingleDataRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaSingleDocumentRequestRPC.JinaSingleDocumentRequestRPCBase, UnbuiltJinaSingleDocumentRequestRPC>(
            "jina.JinaSingleDocumentRequestRPC", JinaSingleDocumentRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaDiscoverEndpointsRPC.JinaDiscoverEndpointsRPCBase, UnbuiltJinaDiscoverEndpointsRPC>(
            "jina.JinaDiscoverEndpointsRPC", JinaDiscoverEndpointsRPC.BindService, File),
        GatewayService.Unbuilt<JinaGatewayDryRunRPC.JinaGatewayDryRunRPCBase, UnbuiltJinaGatewayDryRunRPC>(
            "jina.JinaGatewayDryRunRPC", JinaGatewayDryRunRPC.BindService, File),
        GatewayService.Unbuilt<JinaInfoRPC.JinaInfoRPCBase, UnbuiltJinaInfoRPC>("jina.JinaInfoRPC", JinaInfoRPC.BindService, File),
        GatewayService.Unbuilt<JinaExecutorSnapshot.JinaExecutorSnapshotBase, UnbuiltJinaExecutorSnapshot>(
            "jina.JinaExecutorSnapshot", JinaExecutorSnapshot.BindService, File),
        GatewayService.Unbuilt<JinaExecutorSnapshotProgress.JinaExecutorSnapshotProgressBase, UnbuiltJinaExecutorSnapshotProgress>(
            "jina.JinaExecutorSnapshotProgress", JinaExecutorSnapshotProgress.BindService, File),
        GatewayService.Unbuilt<JinaExecutorRestore.JinaExecutorRestoreBase, UnbuiltJinaExecutorRestore>(
            "jina.JinaExecutorRestore", JinaExecutorRestore.BindService, File),
        GatewayService.Unbuilt<JinaExecutorRestoreProgress.JinaExecutorRestoreProgressBase, UnbuiltJinaExecutorRestoreProgress>(
            "jina.JinaExecutorRestoreProgress", JinaExecutorRestoreProgress.BindService, File),
        GatewayService.Unbuilt<Protos.Jina.Legacy.JinaControlRequestRPC.JinaControlRequestRPCBase, UnbuiltJinaControlRequestRPC>(
            "jina.JinaControlRequestRPC",
            Protos.Jina.Legacy.JinaControlRequestRPC.BindService,
            () => Protos.Jina.Legacy.JinaReflection.Descriptor),
    ];

    private static FileDescriptor File() => JinaReflection.Descriptor;

    private sealed class UnbuiltJinaRPC : JinaRPC.JinaRPCBase;

    private sealed class UnbuiltJinaDataRequestRPC : JinaDataRequestRPC.JinaDataRequestRPCBase;

    private sealed class UnbuiltJinaSingleDataRequestRPC : JinaSingleDataRequestRPC.JinaSingleDataRequestRPCBase;

    private sealed class UnbuiltJinaSingleDocumentRequestRPC : JinaSingleDocumentRequestRPC.JinaSingleDocumentRequestRPCBase;

    private sealed class UnbuiltJinaDiscoverEndpointsRPC : JinaDiscoverEndpointsRPC.JinaDiscoverEndpointsRPCBase;

    private sealed class UnbuiltJinaGatewayDryRunRPC : JinaGatewayDryRunRPC.JinaGatewayDryRunRPCBase;

    private sealed class UnbuiltJinaInfoRPC : JinaInfoRPC.JinaInfoRPCBase;

    private sealed class UnbuiltJinaExecutorSnapshot : JinaExecutorSnapshot.JinaExecutorSnapshotBase;

    private sealed class UnbuiltJinaExecutorSnapshotProgress : JinaExecutorSnapshotProgress.JinaExecutorSnapshotProgressBase;

    private sealed class UnbuiltJinaExecutorRestore : JinaExecutorRestore.JinaExecutorRestoreBase;

    private sealed class UnbuiltJinaExecutorRestoreProgress : JinaExecutorRestoreProgress.JinaExecutorRestoreProgressBase;

    private sealed class UnbuiltJinaControlRequestRPC : Protos.Jina.Legacy.JinaControlRequestRPC.JinaControlRequestRPCBase;
}
