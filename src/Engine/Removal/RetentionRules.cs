namespace Appliance.Engine.Removal;

/// <summary>How long ended sandboxes are kept, with what they wrote.</summary>
/// <param name="Age">Since their end.</param>
/// <param name="BytesMax">What all of them may take on the disk.</param>
public sealed record RetentionRules(TimeSpan Age, long BytesMax)
{
    /// <summary>For who does not know what the operator wants: nothing goes by itself.</summary>
    public static readonly RetentionRules KeepAll = new(TimeSpan.FromDays(36_500), long.MaxValue);
}
