using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Core.Errors;

namespace Appliance.Gateways.Transfers.Blobs;

/// <summary>The two texts of S3's CompleteMultipartUpload, as far as clients write and look at them.</summary>
internal static partial class CompletionText
{
    /// <exception cref="ApplianceException">InvalidArgument: not such a text.</exception>
    public static IReadOnlyList<(int Number, byte[] Md5)> Read(string xml)
    {
        var parts = new List<(int Number, byte[] Md5)>();
        foreach (Match part in Part().Matches(xml))
        {
            Match number = Number().Match(part.Value);
            Match tag = Tag().Match(part.Value);
            if (!number.Success || !tag.Success)
            {
                throw Malformed();
            }

            parts.Add((int.Parse(number.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromHexString(tag.Groups[1].Value)));
        }

        return parts.Count > 0 ? parts : throw Malformed();
    }

    public static string Write(string etag) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ETag>"{etag}"</ETag></CompleteMultipartUploadResult>

        """;

    private static ApplianceException Malformed() => new(
        ErrorKind.InvalidArgument,
        "The body is no CompleteMultipartUpload: send <Part><PartNumber>1</PartNumber><ETag>\"md5\"</ETag></Part> for each part.");

    [GeneratedRegex("<Part>.*?</Part>", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"<PartNumber>\s*([0-9]{1,6})\s*</PartNumber>")]
    private static partial Regex Number();

    [GeneratedRegex("""<ETag>\s*(?:"|&quot;|&#34;)?([0-9a-fA-F]{32})(?:"|&quot;|&#34;)?\s*</ETag>""")]
    private static partial Regex Tag();
}
