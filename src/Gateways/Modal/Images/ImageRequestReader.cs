using Appliance.Core.Ids.Functions;
using Appliance.Engine.Builds;
using Appliance.Gateways.Modal.Calls;
using Appliance.Metadata.Calls;
using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Images.Building;
using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Secrets;

namespace Appliance.Gateways.Modal.Images;

/// <summary>From what a client sends to what is built.</summary>
public sealed class ImageRequestReader(MetadataStore store, ContentStore contents, SecretVault secrets, WorkspaceModel workspace, FunctionBuild functions)
{
    // What a client may use was checked when it asked; the build itself acts for the workspace.
    private readonly Caller builder = new(workspace.Id, new TokenId(""), "image build");

    /// <summary>Reads a stored request.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it names no function where it should.</exception>
    public BuildRequest Read(ReadOnlyMemory<byte> stored)
    {
        ImageGetOrCreateRequest request = ImageGetOrCreateRequest.Parser.ParseFrom(stored.Span);
        Image image = request.Image;
        if (image.BuildFunction is { } function)
        {
            FunctionId id = ObjectId.Read<FunctionId>(request.BuildFunctionId);
            InputArguments arguments = CallWords.ToInput(new FunctionPutInputsItem { Input = function.Input }).Arguments;
            return new BuildRequest([]) { RunFunctionAsync = cancellation => functions.RunAsync(id, arguments, cancellation) };
        }

        return new BuildRequest(CommandsOf(image))
        {
            Bases = image.BaseImages.ToDictionary(one => one.DockerTag, one => one.ImageId, StringComparer.Ordinal),
            Context = new MountContext(store, contents, image.ContextMountId, image.ContextFiles),
            Arguments = new Dictionary<string, string>(image.BuildArgs, StringComparer.Ordinal),
            ReadSecretsAsync = cancellation => ReadSecretsAsync([.. image.SecretIds], cancellation),
            ReadRegistryCredentialAsync = RegistryLogin.HasLogin(image.ImageRegistryConfig)
                ? async cancellation => RegistryLogin.Of(
                    image.ImageRegistryConfig.RegistryAuthType, await ReadSecretsAsync([image.ImageRegistryConfig.SecretId], cancellation))
                : null,
            Volumes = [.. image.VolumeMounts.Select(mount => new BuildVolume(VolumeId.FromText(mount.VolumeId), mount.MountPath, mount.SubPath, mount.ReadOnly))],
            Gpu = GpuText.Of(image.GpuConfig),
        };
    }

    /// <summary>Whether the caller may use what the build needs.</summary>
    /// <exception cref="ApplianceException">InvalidArgument or NotFound: what it may not, or what is not there.</exception>
    public static void Check(ReadTransaction read, Caller caller, Image image)
    {
        foreach (string secret in image.SecretIds)
        {
            ObjectDirectory.Get<SecretId>(read, caller, secret);
        }

        if (RegistryLogin.HasLogin(image.ImageRegistryConfig))
        {
            ObjectDirectory.Get<SecretId>(read, caller, image.ImageRegistryConfig.SecretId);
        }

        foreach (VolumeMount mount in image.VolumeMounts)
        {
            ObjectDirectory.Get<VolumeId>(read, caller, mount.VolumeId);
        }

        if (image.ContextMountId.Length > 0)
        {
            ObjectDirectory.Get<MountId>(read, caller, image.ContextMountId);
        }

        if (image.BaseImages.GroupBy(one => one.DockerTag, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Two base images are called '{twice.Key}': give each a name of its own.");
        }
    }

    private IReadOnlyList<string> CommandsOf(Image image) =>
        store.Read(read => DebianSlimStandIn.Find(read, image)) is { } standIn
            ? DebianSlimRecipe.WithStandIn(image.DockerfileCommands, standIn)
            : [.. image.DockerfileCommands];

    private async Task<IReadOnlyDictionary<string, string>> ReadSecretsAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            foreach ((string name, string value) in await store.WriteAsync(write => secrets.Read(write, builder, SecretId.FromText(id)), cancellation))
            {
                values[name] = value;
            }
        }

        return values;
    }
}
