using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Tag = Appliance.Metadata.Sandboxes.SandboxTag;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Sandboxes in this protocol's words and in neutral ones.</summary>
internal static class SandboxWords
{
    /// <exception cref="ApplianceException">InvalidArgument: what can never be.</exception>
    public static SandboxDefinition ToDefinition(Sandbox? asked)
    {
        if (asked is null)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A sandbox needs a definition; the request has none.");
        }

        PlacementWords.Check(asked.CloudProviderStr, asked.SchedulerPlacement);
        CheckPolicy(asked);
        return new SandboxDefinition
        {
            Arguments = [.. asked.EntrypointArgs],
            ImageId = asked.ImageId,
            SecretIds = [.. asked.SecretIds],
            MountIds = [.. asked.MountIds],
            Volumes =
            [
                .. asked.VolumeMounts.Select(mount => new SandboxVolume(mount.VolumeId, mount.MountPath, mount.ReadOnly, mount.HasSubPath ? mount.SubPath : null)),
                .. asked.NfsMounts.Select(mount => new SandboxVolume(mount.SharedVolumeId, mount.MountPath, false, null)),
            ],
            WorkingDirectory = asked.HasWorkdir && asked.Workdir.Length > 0 ? asked.Workdir : null,
            TimeoutSeconds = asked.TimeoutSecs == 0 ? SandboxDefinition.DefaultTimeoutSeconds : (int)Math.Min(asked.TimeoutSecs, int.MaxValue),
            IdleTimeoutSeconds = asked.HasIdleTimeoutSecs ? (int)Math.Min(asked.IdleTimeoutSecs, int.MaxValue) : null,
            Resources = ResourceWords.ToNeutral(asked.Resources),
            Terminal = asked.PtyInfo is { Enabled: true } pty ? new SandboxTerminal(pty.WinszRows, pty.WinszCols) : null,
            Ports = [.. (asked.OpenPorts?.Ports ?? []).Select(ToPort)],
            Network = ToNetwork(asked),
            InboundCidrs = [.. asked.InboundCidrAllowlist],
            Probe = asked.ReadinessProbe is { } probe ? ToProbe(probe) : null,
            Runtime = asked.HasRuntime ? asked.Runtime : null,
            AllowsMemorySnapshots = asked.EnableSnapshot,
            HasIdentityToken = asked.IncludeOidcIdentityToken,
            Options = ToOptions(asked),
        };
    }

    public static IReadOnlyList<Tag> ToTags(IEnumerable<Protos.Modal.SandboxTag> tags) =>
        [.. tags.Select(tag => new Tag(tag.TagName, tag.TagValue))];

    public static IEnumerable<Protos.Modal.SandboxTag> FromTags(IEnumerable<Tag> tags) =>
        tags.Select(tag => new Protos.Modal.SandboxTag { TagName = tag.Name, TagValue = tag.Value });

    public static SandboxHandleMetadata ToMetadata(SandboxRecord record)
    {
        var metadata = new SandboxHandleMetadata { AppId = record.AppId.Text };
        if (SandboxResult.Of(record) is { } result)
        {
            metadata.Result = ContainerWords.ToResult(result);
        }

        return metadata;
    }

    /// <summary>To leave it out silently would send requests without what they should have, or let pass what should not.</summary>
    private static void CheckPolicy(Sandbox asked)
    {
        if (asked.ExperimentalOutboundPolicy is { HeaderReplacements.Count: > 0 } || asked.OutboundPolicy is { Routes.Count: > 0 })
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                "An outbound policy (routes, headers that are replaced) cannot be had here: limit the network by its allow-lists, and give secrets to the sandbox itself.");
        }
    }

    private static SandboxPort ToPort(PortSpec port) => port.Port is > 0 and <= ushort.MaxValue
        ? new SandboxPort(port.Port, port.Unencrypted, port.TunnelType == TunnelType.H2)
        : throw new ApplianceException(ErrorKind.InvalidArgument, $"Port {port.Port} cannot be opened: ports are 1 to {ushort.MaxValue}.");

    private static SandboxNetwork ToNetwork(Sandbox asked) => asked.NetworkAccess is { } access
        ? ContainerWords.ToNetwork(access)
        : new SandboxNetwork(asked.BlockNetwork ? SandboxNetworkKind.Blocked : SandboxNetworkKind.Open, [], []);

    private static SandboxProbe ToProbe(Protos.Modal.Probe probe) => new(
        probe.ProbeOneofCase == Protos.Modal.Probe.ProbeOneofOneofCase.TcpPort ? probe.TcpPort : null,
        probe.ProbeOneofCase == Protos.Modal.Probe.ProbeOneofOneofCase.ExecCommand ? [.. probe.ExecCommand.Argv] : null,
        probe.HasIntervalMs ? (int)Math.Clamp(probe.IntervalMs, 10, int.MaxValue) : 100);

    private static Dictionary<string, string> ToOptions(Sandbox asked)
    {
        Dictionary<string, string> options = asked.ExperimentalOptionsV2.ToDictionary(each => each.Key, each => each.Value);
#pragma warning disable CS0612 // Old clients send this one.
        foreach ((string name, bool value) in asked.ExperimentalOptions)
        {
            options.TryAdd(name, value ? "true" : "false");
        }
#pragma warning restore CS0612
        return options;
    }
}
