namespace Appliance.Cli.Output;

/// <summary>Why a verb failed: a stable word for scripts, and a text for people.</summary>
public sealed record VerbFailure(string Kind, string Message);

/// <summary>The form in which failures are printed with <c>--json</c>.</summary>
public sealed record VerbFailureEnvelope(VerbFailure Error);
