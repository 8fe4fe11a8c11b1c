using System.Text.Json.Serialization;

namespace Appliance.Admin.Service;

/// <summary>One thing that installing or removing does; taking it twice does nothing more.</summary>
/// <param name="What">For people, as an order: "write /etc/…".</param>
/// <param name="TakeAsync">Says whether anything had to be changed.</param>
public sealed record ServiceStep(string What, Func<CancellationToken, Task<StepOutcome>> TakeAsync);

/// <summary>What became of a step.</summary>
public enum StepOutcome
{
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>It was so already.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    /// <summary>It would be taken without <c>--dry-run</c>.</summary>
    [JsonStringEnumMemberName("planned")]
    Planned,
}
