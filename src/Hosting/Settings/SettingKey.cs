namespace Appliance.Hosting.Settings;

/// <summary>One thing an operator may set, with its default (null: unset) and one sentence of help.</summary>
public sealed record SettingKey(string Name, string ValueName, string? Default, string Help)
{
    public const string On = "on";

    /// <summary>Whether naming its flag alone turns it on.</summary>
    public bool IsSwitch => ValueName == "on|off";

    public string Variable => "APPLIANCE_" + Name.Replace('-', '_').ToUpperInvariant();

    public string Flag => "--" + Name;
}
