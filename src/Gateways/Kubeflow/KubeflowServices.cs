using Appliance.Gateways.Calls;
using Appliance.Protos.Kubeflow;

namespace Appliance.Gateways.Kubeflow;

/// <summary>Kubeflow Pipelines, v1beta1.</summary>
public static class KubeflowServices
{
    public static IReadOnlyList<GatewayService> Compose() =>
    [
        GatewayService.Unbuilt<RunService.RunServiceBase, UnbuiltRunService>("api.RunService", RunService.BindService, () => RunReflection.Descriptor),
        GatewayService.Unbuilt<ExperimentService.ExperimentServiceBase, UnbuiltExperimentService>(
            "api.ExperimentService", ExperimentService.BindService, () => ExperimentReflection.Descriptor),
        GatewayService.Unbuilt<PipelineService.PipelineServiceBase, UnbuiltPipelineService>(
            "api.PipelineService", PipelineService.BindService, () => PipelineReflection.Descriptor),
        GatewayService.Unbuilt<HealthzService.HealthzServiceBase, UnbuiltHealthzService>(
            "api.HealthzService", HealthzService.BindService, () => HealthzReflection.Descriptor),
        GatewayService.Unbuilt<DummyFilterService.DummyFilterServiceBase, UnbuiltDummyFilterService>(
            "api.DummyFilterService", DummyFilterService.BindService, () => FilterReflection.Descriptor),
    ];

    private sealed class UnbuiltRunService : RunService.RunServiceBase;

    private sealed class UnbuiltExperimentService : ExperimentService.ExperimentServiceBase;

    private sealed class UnbuiltPipelineService : PipelineService.PipelineServiceBase;

    private sealed class UnbuiltHealthzService : HealthzService.HealthzServiceBase;

    private sealed class UnbuiltDummyFilterService : DummyFilterService.DummyFilterServiceBase;
}
