using System.Text.Json.Serialization;

namespace Appliance.Admin.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Stable word for scripts, such as <c>cgroups</c>.</param>
/// <param name="What">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing is to be done.</param>
public sealed record Finding(string Name, FindingState State, string What, string? Fix = null)
{
    public static Finding Ok(string name, string what) => new(name, FindingState.Ok, what);

    /// <summary>Something will be missing or slow; the rest works.</summary>
    public static Finding Warn(string name, string what, string fix) => new(name, FindingState.Warn, what, fix);

    /// <summary>The appliance cannot do its work.</summary>
    public static Finding Bad(string name, string what, string fix) => new(name, FindingState.Bad, what, fix);
}

/// <summary>How much a finding matters.</summary>
public enum FindingState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("warn")]
    Warn,

    [JsonStringEnumMemberName("bad")]
    Bad,
}
