using Appliance.Core.Ids;
using Appliance.Images.Registries.Access;

namespace Appliance.Images.Building;

/// <summary>All that it takes to build an image.</summary>
/// <param name="Commands">The Dockerfile, line by line.</param>
public sealed record BuildRequest(IReadOnlyList<string> Commands)
{
    /// <summary>What names after FROM and --from= mean that are no references: image ids.</summary>
    public IReadOnlyDictionary<string, string> Bases { get; init; } = new Dictionary<string, string>();

    /// <summary>Where COPY and ADD find their files.</summary>
    public IBuildContext Context { get; init; } = EmptyContext.Instance;

    /// <summary>Values for ARG.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment of RUN that is not kept in the image; read when the build begins.</summary>
    public Func<CancellationToken, Task<IReadOnlyDictionary<string, string>>>? ReadSecretsAsync { get; init; }

    /// <summary>
    /// Who asks the registry for the image that the build begins with; read only when it has to be pulled. Images of further
    /// stages may come from elsewhere, and are asked for without it.
    /// </summary>
    public Func<CancellationToken, Task<RegistryCredential>>? ReadRegistryCredentialAsync { get; init; }

    /// <summary>Volumes to be mounted while RUN runs.</summary>
    public IReadOnlyList<BuildVolume> Volumes { get; init; } = [];

    /// <summary>Runs a function in a container of the base and tells what it changed, in place of commands; null for those.</summary>
    public Func<CancellationToken, Task<FunctionLayers>>? RunFunctionAsync { get; init; }

    /// <summary>The GPUs that RUN needs, in the client's words ("H100:2"); empty for none.</summary>
    public string Gpu { get; init; } = "";
}

/// <summary>A volume to be mounted while RUN runs.</summary>
/// <param name="Id">Which.</param>
/// <param name="Path">Where, absolute.</param>
/// <param name="SubPath">The directory of the volume that is shown; empty for all of it.</param>
/// <param name="IsReadOnly">Whether nothing may be written.</param>
public sealed record BuildVolume(VolumeId Id, string Path, string SubPath, bool IsReadOnly);
