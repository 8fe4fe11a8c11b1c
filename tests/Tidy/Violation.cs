namespace Appliance.Tests.Tidy;

/// <summary>One place that breaks a rule, with what to do instead.</summary>
public sealed record Violation(string Path, int Line, string Message)
{
    public override string ToString() => Line > 0 ? $"{Path}:{Line}: {Message}" : $"{Path}: {Message}";
}
