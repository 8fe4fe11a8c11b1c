using Appliance.Images.Catalog;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>An image while it is built: what later instructions begin with.</summary>
/// <param name="Config">So far.</param>
/// <param name="Layers">So far, base first; held by the build.</param>
internal sealed record BuildStage(ImageConfig Config, IReadOnlyList<LayerHold> Layers)
{
    /// <summary>Arguments that were declared in this stage.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the build itself set what containers run, so that an entry point does not take it away.</summary>
    public bool HasOwnCommand { get; init; }

    /// <summary>Directories whose union is the root so far, topmost first, none twice.</summary>
    public IReadOnlyList<string> LowerDirectories(string empty)
    {
        string[] directories = [.. Layers.Reverse().Select(layer => layer.Directory).Distinct(StringComparer.Ordinal)];
        return directories.Length == 0 ? [empty] : directories;
    }

    public BuildStage WithRun(Func<ImageRunConfig, ImageRunConfig> change) => this with { Config = Config with { Run = change(Config.Run) } };

    public BuildStage WithLayer(LayerHold? layer, string createdBy) => this with
    {
        Layers = layer is null ? Layers : [.. Layers, layer],
        Config = Config with
        {
            History = [.. Config.History ?? [], new ImageHistoryEntry { CreatedBy = createdBy, IsEmptyLayer = layer is null }],
        },
    };

    /// <summary>The value of a variable: the image's environment counts more than arguments.</summary>
    public string? LookUp(string name) =>
        EnvironmentList.Find(Config.Run.Env, name) ?? (Arguments.TryGetValue(name, out string? value) ? value : null);
}
