namespace Appliance.Admin.Programs;

/// <summary>How a program ended, and what it printed to either stream.</summary>
public sealed record ProgramAnswer(int Status, string Text)
{
    public string FirstLine => Text.Split('\n')[0].Trim();
}
