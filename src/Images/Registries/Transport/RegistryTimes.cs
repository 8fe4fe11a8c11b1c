namespace Appliance.Images.Registries.Transport;

/// <summary>How long registries are waited for.</summary>
public sealed record RegistryTimes
{
    /// <summary>Until there is a connection. A machine without a network is to answer soon.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until the next bytes come.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before each further attempt; after the last one it failed.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
        [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <summary>The longest pause that a registry may ask for.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(60);
}
