namespace Appliance.Cli.Output;

/// <summary>For whom a verb prints.</summary>
public enum OutputForm
{
    Text,
    Json,
}
