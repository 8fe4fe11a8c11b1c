namespace Appliance.Gateways.Modal;

/// <summary>Where clients reach the HTTP port; known once it listens.</summary>
public sealed class PublicAddress
{
    private Uri? http;

    public void SetHttp(Uri address) => http = address;

    /// <param name="path">Starts with a slash.</param>
    public string HttpUrl(string path) =>
        new Uri(http ?? throw new InvalidOperationException("The HTTP port does not listen yet."), path).ToString();
}
