namespace Appliance.Containers.Networks.Links;

/// <summary>A network interface as the kernel describes it.</summary>
/// <param name="Index">Its number, unique in its namespace for as long as the namespace lives.</param>
/// <param name="Alias">A free text that someone has attached; null without one.</param>
/// <param name="Mtu">Largest packet, in bytes.</param>
public sealed record LinkRecord(int Index, string Name, string? Alias, int Mtu, bool IsUp);
