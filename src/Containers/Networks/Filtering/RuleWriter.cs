using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Filtering.NfTablesProtocol;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>
/// Writes a rule as the kernel takes it: small steps that load something of the packet into a register, compare it,
/// and end in a verdict. A rule goes on to its next step only while the comparisons hold.
/// </summary>
internal sealed class RuleWriter(NetlinkWriter writer)
{
    public const int InterfaceNameBytes = 16;
    public const byte Tcp = 6;
    public const byte Udp = 17;

    // The first register of 16 bytes, and the one of 4 bytes that lies behind it.
    private const uint Register = 1;
    private const uint RegisterBehindPort = 9;
    private const uint RegisterBehindInterface = 12;

    private const uint IncomingInterface = 6;
    private const uint OutgoingInterface = 7;
    private const uint NetworkProtocol = 15;
    private const uint TransportProtocol = 16;
    private const uint NetworkHeader = 1;
    private const uint TransportHeader = 2;
    private const uint SourceOffset = 12;
    private const uint DestinationOffset = 16;
    private const uint DestinationPortOffset = 2;
    private const uint EstablishedOrRelated = 0x2 | 0x4;
    private const uint Equal = 0;
    private const uint NotEqual = 1;
    private const uint DestinationTranslation = 1;
    private const uint RejectByIcmp = 2;
    private const uint RejectByReset = 1;
    private const byte AdministrativelyProhibited = 3;

    public RuleWriter FromInterfaces(string prefix) => Interface(IncomingInterface, prefix, Equal);

    public RuleWriter ToInterfaces(string prefix) => Interface(OutgoingInterface, prefix, Equal);

    public RuleWriter NotToInterfaces(string prefix) => Interface(OutgoingInterface, prefix, NotEqual);

    /// <summary>IPv4 only; the steps that look at addresses rely on it.</summary>
    public RuleWriter IsIp4() => LoadMeta(NetworkProtocol, Register).Compare(Equal, [Ip4Family]);

    public RuleWriter IsNotIp4() => LoadMeta(NetworkProtocol, Register).Compare(NotEqual, [Ip4Family]);

    public RuleWriter HasProtocol(byte protocol) => LoadMeta(TransportProtocol, Register).Compare(Equal, [protocol]);

    public RuleWriter ToPort(ushort port) => Load(TransportHeader, DestinationPortOffset, 2, Register).Compare(Equal, [(byte)(port >> 8), (byte)port]);

    public RuleWriter ToAddress(IPAddress address) => LoadDestination().Compare(Equal, address.GetAddressBytes());

    public RuleWriter FromNetwork(IPNetwork network)
    {
        Load(NetworkHeader, SourceOffset, 4, Register);
        Mask(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)(uint.MaxValue << (32 - network.PrefixLength)))));
        return Compare(Equal, network.BaseAddress.GetAddressBytes());
    }

    /// <summary>The packet belongs to a connection that was let through before.</summary>
    public RuleWriter IsEstablished()
    {
        Step("ct", () => writer.PutBigEndian(1, Register).PutBigEndian(2, 0u));
        Mask(BitConverter.GetBytes(EstablishedOrRelated));
        return Compare(NotEqual, [0, 0, 0, 0]);
    }

    public RuleWriter DestinationIn(string set) => LoadDestination().Lookup(set, verdictRegister: null);

    public RuleWriter SourceVerdictOf(string map) => Load(NetworkHeader, SourceOffset, 4, Register).Lookup(map, verdictRegister: 0);

    public RuleWriter InterfaceWithSourceNotIn(string set)
    {
        LoadMeta(IncomingInterface, Register).Load(NetworkHeader, SourceOffset, 4, RegisterBehindInterface);
        return Lookup(set, verdictRegister: null, isInverted: true);
    }

    public RuleWriter ProtocolWithPortIn(string set) => LoadMeta(TransportProtocol, Register)
        .Load(TransportHeader, DestinationPortOffset, 2, RegisterBehindPort).Lookup(set, verdictRegister: null);

    /// <summary>Sends the packet, and all of its connection, to another address and port of this host.</summary>
    public void Redirect(IPAddress address, ushort port)
    {
        SetRegister(Register, address.GetAddressBytes());
        SetRegister(RegisterBehindPort, [(byte)(port >> 8), (byte)port]);
        Step("nat", () => writer.PutBigEndian(1, DestinationTranslation).PutBigEndian(2, (uint)Ip4Family)
            .PutBigEndian(3, Register).PutBigEndian(5, RegisterBehindPort));
    }

    /// <summary>Gives the packet the address of the interface through which it leaves.</summary>
    public void Masquerade() => Step("masq", () => { });

    public void Judge(Verdict verdict) => Step("immediate", () =>
    {
        writer.PutBigEndian(1, 0u);
        using (writer.PutNest(2))
        {
            writer.PutVerdict(verdict);
        }
    });

    /// <summary>Tells the sender that this is not allowed.</summary>
    public void Reject() => Step("reject", () => writer.PutBigEndian(1, RejectByIcmp).Put(2, [AdministrativelyProhibited]));

    /// <summary>Ends the sender's connection.</summary>
    public void RejectByTcpReset() => Step("reject", () => writer.PutBigEndian(1, RejectByReset));

    private RuleWriter Interface(uint key, string prefix, uint comparison) => LoadMeta(key, Register).Compare(comparison, Encoding.ASCII.GetBytes(prefix));

    private RuleWriter LoadMeta(uint key, uint register) => Step("meta", () => writer.PutBigEndian(1, register).PutBigEndian(2, key));

    private RuleWriter LoadDestination() => Load(NetworkHeader, DestinationOffset, 4, Register);

    private RuleWriter Load(uint header, uint offset, uint length, uint register) => Step("payload", () =>
        writer.PutBigEndian(1, register).PutBigEndian(2, header).PutBigEndian(3, offset).PutBigEndian(4, length));

    private void Mask(byte[] mask) => Step("bitwise", () =>
    {
        writer.PutBigEndian(1, Register).PutBigEndian(2, Register).PutBigEndian(3, (uint)mask.Length);
        PutValue(4, mask);
        PutValue(5, new byte[mask.Length]);
    });

    private RuleWriter Compare(uint comparison, byte[] value) => Step("cmp", () =>
    {
        writer.PutBigEndian(1, Register).PutBigEndian(2, comparison);
        PutValue(3, value);
    });

    private void SetRegister(uint register, byte[] value) => Step("immediate", () =>
    {
        writer.PutBigEndian(1, register);
        PutValue(2, value);
    });

    private RuleWriter Lookup(string set, uint? verdictRegister, bool isInverted = false) => Step("lookup", () =>
    {
        writer.PutText(1, set).PutBigEndian(2, Register);
        if (verdictRegister is { } target)
        {
            writer.PutBigEndian(3, target);
        }

        if (isInverted)
        {
            writer.PutBigEndian(5, 1u);
        }
    });

    private void PutValue(int type, byte[] value)
    {
        using (writer.PutNest(type))
        {
            writer.Put(DataValue, value);
        }
    }

    private RuleWriter Step(string name, Action write)
    {
        using (writer.PutNest(ListEntry))
        {
            writer.PutText(ExpressionName, name);
            using (writer.PutNest(ExpressionData))
            {
                write();
            }
        }

        return this;
    }
}
