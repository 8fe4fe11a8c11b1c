using Appliance.Gateways.Calls;
using Appliance.Protos.Jina.V2;
using Google.Protobuf.Reflection;

namespace Appliance.Gateways.Jina;

/// <summary>The gateway of a Jina Flow, in the newer of the two document generations.</summary>
public static class JinaServices
{
    public static IReadOnlyList<GatewayService> Compose() =>
    [
        GatewayService.Unbuilt<JinaRPC.JinaRPCBase>("jina.JinaRPC", JinaRPC.BindService, File),
        GatewayService.Unbuilt<JinaDataRequestRPC.JinaDataRequestRPCBase>(
            "jina.JinaDataRequestRPC", JinaDataRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaSingleDataRequestRPC.JinaSingleDataRequestRPCBase>(
            "jina.JinaSingleDataRequestRPC", JinaSingleDataRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaSingleDocumentRequestRPC.JinaSingleDocumentRequestRPCBase>(
            "jina.JinaSingleDocumentRequestRPC", JinaSingleDocumentRequestRPC.BindService, File),
        GatewayService.Unbuilt<JinaDiscoverEndpointsRPC.JinaDiscoverEndpointsRPCBase>(
            "jina.JinaDiscoverEndpointsRPC", JinaDiscoverEndpointsRPC.BindService, File),
        GatewayService.Unbuilt<JinaGatewayDryRunRPC.JinaGatewayDryRunRPCBase>(
            "jina.JinaGatewayDryRunRPC", JinaGatewayDryRunRPC.BindService, File),
        GatewayService.Unbuilt<JinaInfoRPC.JinaInfoRPCBase>("jina.JinaInfoRPC", JinaInfoRPC.BindService, File),
        GatewayService.Unbuilt<JinaExecutorSnapshot.JinaExecutorSnapshotBase>(
            "jina.JinaExecutorSnapshot", JinaExecutorSnapshot.BindService, File),
        GatewayService.Unbuilt<JinaExecutorSnapshotProgress.JinaExecutorSnapshotProgressBase>(
            "jina.JinaExecutorSnapshotProgress", JinaExecutorSnapshotProgress.BindService, File),
        GatewayService.Unbuilt<JinaExecutorRestore.JinaExecutorRestoreBase>(
            "jina.JinaExecutorRestore", JinaExecutorRestore.BindService, File),
        GatewayService.Unbuilt<JinaExecutorRestoreProgress.JinaExecutorRestoreProgressBase>(
            "jina.JinaExecutorRestoreProgress", JinaExecutorRestoreProgress.BindService, File),
        GatewayService.Unbuilt<Protos.Jina.Legacy.JinaControlRequestRPC.JinaControlRequestRPCBase>(
            "jina.JinaControlRequestRPC",
            Protos.Jina.Legacy.JinaControlRequestRPC.BindService,
            () => Protos.Jina.Legacy.JinaReflection.Descriptor),
    ];

    private static FileDescriptor File() => JinaReflection.Descriptor;
}
