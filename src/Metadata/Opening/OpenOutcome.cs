namespace Appliance.Metadata.Opening;

/// <summary>What opening the store found and did, for the server's log and banner.</summary>
/// <param name="WasCreated">There was no database yet.</param>
/// <param name="IntegrityCheckTime">How long the check after an unclean stop took; null when none was needed.</param>
/// <param name="SchemaBefore">The schema found; 0 for a new database.</param>
/// <param name="SchemaAfter">The schema now.</param>
/// <param name="Copy">Full path of the copy made before the schema was changed; null when none was.</param>
public sealed record OpenOutcome(
    bool WasCreated, TimeSpan? IntegrityCheckTime, int SchemaBefore, int SchemaAfter, string? Copy);
