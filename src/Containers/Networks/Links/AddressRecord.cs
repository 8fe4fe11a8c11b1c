using System.Net;

namespace Appliance.Containers.Networks.Links;

/// <summary>An address of an interface.</summary>
public sealed record AddressRecord(IPAddress Address, int PrefixLength, int LinkIndex);
