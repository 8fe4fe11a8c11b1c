namespace Appliance.Metadata.Migrations;

/// <summary>
/// One step forward of the schema. Frozen once it has been released: a change is a new step. Constraints are never
/// deferred, so that they fail in their own caller's work and not in the commit that others share.
/// </summary>
/// <param name="Version">The schema it leads to, one more than the step before.</param>
/// <param name="Name">What it is about, for messages.</param>
/// <param name="Sql">Statements, run in one transaction together with the change of version.</param>
internal sealed record Migration(int Version, string Name, string Sql);
