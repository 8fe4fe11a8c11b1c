using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>Builds images from Dockerfiles.</summary>
internal sealed class ImageBuilder(BaseImages bases, LayerStore layers, ImagePins pins, IRunStep runner, BuildFiles files)
{
    /// <summary>Builds an image; what it is made of is held until the answer is disposed.</summary>
    /// <param name="id">The id that the image will have.</param>
    /// <param name="request">What to build.</param>
    /// <param name="report">Takes lines about what is done, each with its end.</param>
    /// <param name="output">Takes what commands write.</param>
    /// <param name="cancellation">Ends the build; nothing is left of it.</param>
    /// <exception cref="ApplianceException">Why it failed, with the instruction at fault.</exception>
    public async Task<BuiltImage> BuildAsync(
        ImageId id, BuildRequest request, Func<string, ValueTask> report, Func<ReadOnlyMemory<byte>, bool, ValueTask> output, CancellationToken cancellation)
    {
        Dockerfile file = DockerfileParser.Parse(string.Join('\n', request.Commands));
        BuildPlan plan = BuildPlan.Of(file, request);
        var resources = new BuildResources(layers, pins);
        try
        {
            var work = new BuildWork(id, request, file.Escape, resources, report, output)
            {
                Bases = bases, Layers = layers, Runner = runner, Files = files,
                Secrets = request.ReadSecretsAsync is { } read ? await read(cancellation).ConfigureAwait(false) : new Dictionary<string, string>(),
            };
            Dictionary<string, BuildStage> stages = new(StringComparer.Ordinal);
            BuildStage? last = null;
            foreach (PlannedStage stage in plan.Stages)
            {
                last = await new StageBuilder(work, plan, stages).BuildAsync(stage, cancellation).ConfigureAwait(false);
                stages[stage.Key] = last;
            }

            return new BuiltImage(last!.Config with { Created = null }, last.Layers, resources);
        }
        catch
        {
            resources.Dispose();
            throw;
        }
    }
}

/// <summary>The outcome of a build.</summary>
/// <param name="Config">Of the image.</param>
/// <param name="Layers">Base first.</param>
/// <param name="Resources">Holds them.</param>
internal sealed record BuiltImage(ImageConfig Config, IReadOnlyList<LayerHold> Layers, BuildResources Resources) : IDisposable
{
    public void Dispose() => Resources.Dispose();
}
