using Appliance.Core.Ids;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>What all stages of one build share.</summary>
/// <param name="Id">The id that the image will have.</param>
/// <param name="Request">What to build.</param>
/// <param name="Escape">The Dockerfile's escape character.</param>
/// <param name="Resources">Hold what was made.</param>
/// <param name="Report">Takes lines about what is done.</param>
/// <param name="Output">Takes what commands write.</param>
internal sealed record BuildWork(
    ImageId Id,
    BuildRequest Request,
    char Escape,
    BuildResources Resources,
    Func<string, ValueTask> Report,
    Func<ReadOnlyMemory<byte>, bool, ValueTask> Output)
{
    public required BaseImages Bases { get; init; }

    public required LayerStore Layers { get; init; }

    public required IRunStep Runner { get; init; }

    public required BuildFiles Files { get; init; }

    public required IReadOnlyDictionary<string, string> Secrets { get; init; }
}
