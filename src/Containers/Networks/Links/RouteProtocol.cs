namespace Appliance.Containers.Networks.Links;

/// <summary>rtnetlink's numbers: types of messages, of attributes, and values.</summary>
internal static class RouteProtocol
{
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort SetLink = 19;
    public const ushort NewAddress = 20;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort GetRoute = 26;

    public const int LinkHeaderBytes = 16;
    public const int LinkName = 3;
    public const int LinkMtu = 4;
    public const int LinkMaster = 10;
    public const int LinkKindNest = 18;
    public const int LinkAlias = 20;
    public const int LinkFamilies = 26;
    public const int LinkNamespaceHandle = 28;
    public const int LinkSendQueues = 31;
    public const int LinkReceiveQueues = 32;
    public const int LinkKind = 1;
    public const int LinkKindData = 2;
    public const int VethPeer = 1;
    public const int BridgeSnooping = 23;
    public const int Inet4Settings = 1;
    public const int Inet4Forwarding = 1;
    public const int Inet4SendRedirects = 6;
    public const int Inet6AddressMode = 8;
    public const byte Inet6AddressModeNone = 1;
    public const uint LinkIsUp = 1;

    public const int AddressHeaderBytes = 8;
    public const int AddressLocal = 2;
    public const int AddressOfPeer = 1;
    public const byte AddressIsUnchecked = 2;

    public const int RouteHeaderBytes = 12;
    public const int RouteDestination = 1;
    public const int RouteLink = 4;
    public const int RouteGateway = 5;
    public const int RouteTable = 15;
    public const byte MainTable = 254;
    public const byte LocalTable = 255;
    public const byte StaticRoute = 4;
    public const byte LinkScope = 253;
    public const byte UnicastRoute = 1;

    public const byte Inet4 = 2;
    public const byte Inet6 = 10;
}
