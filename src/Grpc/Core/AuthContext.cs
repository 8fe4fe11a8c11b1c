namespace Grpc.Core;

/// <summary>What the transport knows of the peer. Properties are filled only for mutual TLS.</summary>
public class AuthContext
{
    public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties)
    {
        PeerIdentityPropertyName = peerIdentityPropertyName;
        PropertiesByName = properties;
    }

    public string? PeerIdentityPropertyName { get; }

    public bool IsPeerAuthenticated => PeerIdentityPropertyName is not null;

    public IEnumerable<AuthProperty> PeerIdentity => PeerIdentityPropertyName is null ? [] : FindPropertiesByName(PeerIdentityPropertyName);

    public IEnumerable<AuthProperty> Properties => PropertiesByName.Values.SelectMany(values => values);

    private Dictionary<string, List<AuthProperty>> PropertiesByName { get; }

    public IEnumerable<AuthProperty> FindPropertiesByName(string propertyName) =>
        PropertiesByName.TryGetValue(propertyName, out List<AuthProperty>? found) ? found : [];
}
