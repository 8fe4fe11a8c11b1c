namespace Appliance.Containers.Networks.Filtering;

/// <summary>A chain of the kernel's packet filter.</summary>
/// <param name="Family">The kind of packets its table is about.</param>
/// <param name="Hook">Where the kernel asks it; null when only other chains lead to it.</param>
/// <param name="DropsByDefault">What no rule of it decides is dropped.</param>
internal sealed record ChainRecord(byte Family, string Table, string Name, int? Hook, bool DropsByDefault);
