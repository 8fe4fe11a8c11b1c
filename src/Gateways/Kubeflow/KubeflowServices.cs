using Appliance.Gateways.Calls;
using Appliance.Protos.Kubeflow;

namespace Appliance.Gateways.Kubeflow;

/// <summary>Kubeflow Pipelines, v1beta1.</summary>
public static class KubeflowServices
{
    public static IReadOnlyList<GatewayService> Compose() =>
    [
        GatewayService.Unbuilt<RunService.RunServiceBase>("api.RunService", RunService.BindService, () => RunReflection.Descriptor),
        GatewayService.Unbuilt<ExperimentService.ExperimentServiceBase>(
            "api.ExperimentService", ExperimentService.BindService, () => ExperimentReflection.Descriptor),
        GatewayService.Unbuilt<PipelineService.PipelineServiceBase>(
            "api.PipelineService", PipelineService.BindService, () => PipelineReflection.Descriptor),
        GatewayService.Unbuilt<HealthzService.HealthzServiceBase>(
            "api.HealthzService", HealthzService.BindService, () => HealthzReflection.Descriptor),
        GatewayService.Unbuilt<DummyFilterService.DummyFilterServiceBase>(
            "api.DummyFilterService", DummyFilterService.BindService, () => FilterReflection.Descriptor),
    ];
}
